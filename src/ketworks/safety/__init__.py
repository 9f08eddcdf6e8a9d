"""Safety rules as data: screening of a person, and the plan of a session with its alarms and the time to leave.

Research and teaching software: it never clears, doses or treats a real person.
"""

WARNING = "research and teaching software: it never clears, doses or treats a real person"
