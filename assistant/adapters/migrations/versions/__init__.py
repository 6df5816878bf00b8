"""One step a file, in order. A step that has been released is never edited: write the next one."""
