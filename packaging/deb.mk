# make deb: an installable package in dist/, of the release build.

.PHONY: deb
deb: setup
	packaging/build-deb dist
