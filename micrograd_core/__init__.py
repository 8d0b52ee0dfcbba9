"""A scalar autograd engine after the blog post "More Autograd" and Karpathy's micrograd."""
