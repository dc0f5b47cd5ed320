"""Exports: PDF, PNG and CSV. PDF and PNG carry the research-use line. Text from files is always plain text.

film_report   FilmReport: the content of a page, as a value
pdf, flow     draw the pages of a PDF
view_image    saves an image of a view with a caption
csv_export    writes results as CSV, for the window and `predict --format csv`
wording       messages of the catalogue in the language of the user
"""
