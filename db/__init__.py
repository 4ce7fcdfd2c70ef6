"""What is remembered. `models` names it, `store` opens it, and one file a noun holds its verbs.

Plain functions on SQLAlchemy's ordinary session; imports nothing of ours but this folder.
"""
