"""Screen lock, idle time and power, by platform.

`presence` asks the one of `linux`, `macos` and `windows` that fits. May import `desktop.bus` and
`desktop.programs`.
"""
