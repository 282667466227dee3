"""What differs between two OpenAPI documents, and whom that breaks. Pure: knows no gate, no file and no clock."""
