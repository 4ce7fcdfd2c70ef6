"""What is remembered. `models` names it, `store` opens it, and one file a noun holds its verbs.

Plain functions on SQLAlchemy's ordinary session; nothing of ours is imported but this folder. README.md says
where a line belongs.
"""
