#!/bin/sh
# Programs that the real tests use beside Python. Installed on Debian and Ubuntu when this account may; elsewhere the tests
# that need a missing one are skipped and say so.
set -u
packages=""
need() { command -v "$1" >/dev/null 2>&1 || packages="$packages $2"; }

need soffice libreoffice-writer-nogui
[ -e /usr/lib/libreoffice/program/libsclo.so ] || packages="$packages libreoffice-calc-nogui"
need chromium chromium
need pdftoppm poppler-utils
need qpdf qpdf
need strace strace
need git git
# Its programs lie outside of the path.
{ command -v postgres || ls /usr/lib/postgresql/*/bin/postgres; } >/dev/null 2>&1 || packages="$packages postgresql"
# Faces that LibreOffice shows documents in; page counts depend on them.
has_face() { find /usr/share/fonts /usr/local/share/fonts -name "$1" 2>/dev/null | grep -q .; }
has_face "LiberationSans-Regular.*" || packages="$packages fonts-liberation"
has_face "DejaVuSerif.ttf" || packages="$packages fonts-dejavu-core"

if [ -n "$packages" ] && command -v apt-get >/dev/null 2>&1; then
    sudo=""
    if [ "$(id -u)" -ne 0 ]; then
        if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then sudo="sudo -n"; else sudo="none"; fi
    fi
    if [ "$sudo" != none ]; then
        echo "Installing$packages"
        export DEBIAN_FRONTEND=noninteractive
        $sudo apt-get update -qq && $sudo apt-get install -y -qq --no-install-recommends $packages >/dev/null || echo "Could not install$packages; tests that need them are skipped."
    else
        echo "Not installed (no right to):$packages. Tests that need them are skipped."
    fi
elif [ -n "$packages" ]; then
    echo "Not installed (no apt-get here):$packages. Tests that need them are skipped."
fi

# Validators from npm: OOXML rules for Word and Excel files, accessibility rules for HTML.
if [ -f tests/real/package.json ] && [ ! -d tests/real/node_modules ]; then
    if command -v npm >/dev/null 2>&1; then
        (cd tests/real && npm install --no-save --no-package-lock --no-audit --no-fund --silent >/dev/null) || echo "npm packages not installed; tests that need them are skipped."
    else
        echo "No npm here: tests of OOXML validity and accessibility are skipped."
    fi
fi
exit 0
