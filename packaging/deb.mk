# make deb: an installable package in dist/, of the release build.

.PHONY: deb
deb:
	packaging/build-deb dist
