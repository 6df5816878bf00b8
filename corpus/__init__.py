"""What we know: data first, edited by people who know the law. `catalogue.py` is its only reader."""
