"""The report: one content, written as PDF (PDF/UA-1) and as one self-contained HTML file."""
