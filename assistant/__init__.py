"""AP Navigator's core: it answers questions and knows nothing of the web."""
