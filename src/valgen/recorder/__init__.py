"""The process that turns the events of a run into records.

Test code only sends events over a local socket; this process alone holds the key, the clock, the sequence and the
files. It writes the plan before the first step, each step as it happens, one signed record per case, and closes the
run itself when pytest dies.

Source: design.md §4; integrity.md decisions 6 and 7, §3.4.
"""
