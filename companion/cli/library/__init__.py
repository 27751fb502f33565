"""Commands about the library: `sync`, `library`, `tag`, `like`, `skip`, `block`, `unblock`."""
