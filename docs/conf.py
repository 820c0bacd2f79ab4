# SPDX-License-Identifier: GPL-2.0-or-later
# Sphinx configuration of the manual.
project = 'qemu-system-x86_64'
copyright = 'the project maintainers; GPL-2.0-or-later'
author = 'the project maintainers'
version = release = '7.2'
extensions = []
html_theme = 'alabaster'
html_show_sourcelink = False
exclude_patterns = ['_build']
