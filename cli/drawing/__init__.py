"""`wlc match`: a fair draw from two plain files, and checking the record of one."""
