"""The film on the screen: images, gestures and tools. The arithmetic is in `edge_app.display`."""
