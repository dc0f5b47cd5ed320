"""Work that outlives a widget: the analysis queue, the worklist, settings, history, camera. QtCore only."""
