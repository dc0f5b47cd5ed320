"""Where films come from: files, folders, camera."""
