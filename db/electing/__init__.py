"""Votes: who stands, who may vote, what is counted, and who would like one."""
