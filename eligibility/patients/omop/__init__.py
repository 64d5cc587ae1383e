"""OMOP Common Data Model 5.3 and 5.4: its tables, its concepts, and what its rows say of a patient."""
