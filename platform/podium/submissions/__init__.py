"""Uploads, quotas, the submission's states, evaluations. How they are scored is a floor above."""
