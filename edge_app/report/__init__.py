"""What leaves the program: PDF, PNG and CSV, each with the research-use line. Text from files is always plain.

film_report   FilmReport: all that a page says, as a value
pdf, flow     draws pages; pdf_export makes the PDF of a selection without holding up the window
picture       PNG of a view with the line burnt in
csv_export    the list as CSV; `predict --format csv` writes through it too
wording       messages of the catalogue in the language of the reader
"""
