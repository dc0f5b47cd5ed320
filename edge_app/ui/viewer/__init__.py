"""The film on the screen: pictures, gestures and tools. Arithmetic lies in `edge_app.imaging`."""
