"""The services behind the window: everything that is not a widget, with Qt signals. QtCore only; no call blocks.

    services = Services.build(Places.find())        creates all services and starts the child process
    services.session.add(paths)                     analyses files; `FolderScan.scan` finds files in folders first
    arrange(session.items, sort_by, shown=filter)   the rows to show
    session.set_current(id)                         selects a row; paint it after `film_ready(id)` or `item_changed(id)`

`session.film(id)` returns pixels only if their hash is that of the result in `session.item(id).analysis`, so both may
be shown together. `Services.close` ends every thread and process, and saves the settings last.
"""
