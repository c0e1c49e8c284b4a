"""Shows by trying whether ventanilla keeps its promises, and that each guard is needed for it."""
