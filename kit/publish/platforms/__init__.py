"""One file a platform; `PUBLISHERS` of the package is the table of them."""
