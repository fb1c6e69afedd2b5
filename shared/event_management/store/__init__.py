"""The table: the only package that speaks DynamoDB. One module per entity, one function per access pattern."""
