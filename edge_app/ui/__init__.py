"""The window: it assembles and shows; it holds no arithmetic."""
