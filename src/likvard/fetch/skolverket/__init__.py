"""Skolverket: SIRIS exports, Planned Educations v4 statistics, SALSA, and the benchmark table made of them."""
