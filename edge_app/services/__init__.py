"""What the window is built on: everything that is not a widget, with signals. QtCore only; nothing here blocks.

    places = Places.find()                          folders and files of this user ($PNEUMOSCOPE_HOME overrides)
    settings = Settings(places.settings_file)       settings[THEME], settings[THEME] = "light", settings.changed
    queue = AnalysisQueue(worker_config(settings))  films through a child process; queue.start() before the window
    history = History(places.history_file)          SQLite in its own thread; history.open()
    session = Session(queue, settings, history)     the worklist: add(paths), set_current(id), film(id), review(id, ...)

A window calls `session.add(paths)` for files, and `FolderScan.scan(paths)` for what may hold folders: its `found` goes
to `session.add`. It shows `arrange(session.items, sort_by, shown=filter)`, calls `session.set_current(id)` for
the selected row, and paints when `film_ready(id)` and `item_changed(id)` come. `session.film(id)` returns pixels only
under the hash of the result in `session.item(id).analysis`: these two may be shown together.

    modules             what is in them
    jobs                values of the queue: Priority, AnalysisResult, FilmResult, WorkerState, LoadedModel
    analysis_queue      AnalysisQueue: submit, promote, cancel, configure; process/ owns the child process
    worklist            values without Qt: WorklistItem, Review, WorklistFilter, arrange
    session, film_store the list, the row that is looked at, the few films whose pixels are kept
    settings, recent    the table of settings; the files opened last
    history             History; history_records its values, history_db the SQLite file
    folder_scan         FolderScan: folders to files, in a thread
    camera              Camera: preview, capture, save; captures are films of origin `camera`
    explainer           KerasExplainer: Grad-CAM from the Keras model, and how well it agrees
    crash               reports of crashes, offered at the next start
    assembly            Services: all of the above for one run, built in order and closed in the opposite one

At the end: `session` needs nothing; `queue.close()`, `history.close()`, `FolderScan.close()`, `Camera.close()` and
`KerasExplainer.close()` each end their thread and process and wait for it; `settings.save()` comes last.
"""
