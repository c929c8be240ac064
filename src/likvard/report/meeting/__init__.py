"""The meeting pack: agenda, one page per school, two per area and a template for decisions, as PDF, slides and workbook."""
