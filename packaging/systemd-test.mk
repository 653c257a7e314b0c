# make test-systemd: the package in booted Debian 12 and 13 systems. Needs root, and a kernel that lets it boot a
# container; where it cannot, that is said and nothing fails. The trees are kept in $XDG_CACHE_HOME or /var/cache.

SYSTEMD_TEST_PACKAGES = systemd-container mmdebstrap python3

.PHONY: test-systemd
test-systemd: deb
	@scripts/install-packages.sh $(SYSTEMD_TEST_PACKAGES)
	@python3 -B Tests/SystemdBoot/run.py "$$(ls -t dist/polarai-daemon_*.deb | head -1)" $(SYSTEMD_TEST_ARGUMENTS)
