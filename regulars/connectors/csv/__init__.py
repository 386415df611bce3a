"""Files of tables as a source of orders, customers and products: CSV, TSV, XLSX, Parquet, packed or not."""

from regulars.connectors.csv.preview import FilePreview, first_preview
from regulars.connectors.csv.source import FileSource

__all__ = ["FilePreview", "FileSource", "first_preview"]
