"""Outside sources become delivery files: tidy CSV with a record of where every byte came from.

Each importer is a module of its own and is imported only when it is used.
"""
