"""The gate `openapi`: whether the committed description of the service is true, valid, complete and breaks nobody."""
