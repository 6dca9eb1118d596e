"""The repository's own rules. A rule is a module with TITLE, check(tree) and samples BAD and GOOD."""
