"""Many pairs: found, scored on all cores or a cluster, written down so that a stopped run resumes."""
