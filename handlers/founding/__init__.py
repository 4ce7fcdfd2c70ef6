"""Founding a network: what is asked, an operator's word, and networks that begin like another one."""
