"""What leaves the program: PDF, PNG, CSV."""
