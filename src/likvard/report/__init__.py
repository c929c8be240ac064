"""The form of the reports: exhibits, charts, HTML pages and PDF documents."""
