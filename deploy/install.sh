#!/bin/sh
# Installer Tambour sur Debian ou Ubuntu, ou le mettre à jour : la même commande, depuis le dépôt.
#
#   sudo deploy/install.sh [--dry-run] [--without-simulator] [les options de « tambour setup »]
#
# Un compte système, /opt/tambour (le programme, une version par dossier), /var/lib/tambour (données et réglages),
# /var/backups/tambour, les unités de systemd et la commande « tambour ». DESTDIR=… pose tout sous un autre dossier,
# sans compte ni unité démarrée. Une seconde fois : une sauvegarde, le schéma, puis les programmes l'un après l'autre.
# Interrompu ou refusé, il se relance : ce qui était à moitié posé est enlevé, et l'ancienne version sert toujours.
set -eu

source=$(cd "$(dirname "$0")/.." && pwd)
cd /        # another account may not enter the folder that this one was called from
umask 022   # and it must be able to read the program
root=${DESTDIR:-}
home=$root/opt/tambour data=$root/var/lib/tambour copies=$root/var/backups/tambour units=$root/etc/systemd/system
release=$home/releases/$(date +%Y%m%d%H%M%S)
dry='' simulator=tambour-simulator.service copy=''
kept=3      # releases: the one that serves, and two to go back to

while [ $# -gt 0 ]; do
    case $1 in
        --dry-run) dry=1 ;;
        --without-simulator) simulator='' ;;
        *) break ;;
    esac
    shift
done

say() { printf '%s\n' "$*"; }
fail() { say "install.sh : $*" >&2; exit 1; }
run() { if [ "$dry" ]; then say "$*"; else "$@"; fi; }
on_host() { if [ -z "$root" ]; then run "$@"; fi; }
as_tambour() {
    if [ "$root" ]; then run env "TAMBOUR_DATA_DIR=$data" "$@"
    else run runuser -u tambour -- env "TAMBOUR_DATA_DIR=$data" "$@"; fi
}

prepare() {
    [ "$dry$root" ] || [ "$(id -u)" = 0 ] || fail "il faut être root : sudo deploy/install.sh"
    if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
        on_host apt-get update -q
        on_host apt-get install -q -y --no-install-recommends python3 python3-venv
    fi
    [ "$dry" ] || python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' ||
        fail "Python 3.11 ou plus récent est demandé : Debian 12, Ubuntu 24.04 ou plus récents l'ont."
    id tambour >/dev/null 2>&1 ||
        on_host useradd --system --user-group --home-dir "$data" --no-create-home --shell /usr/sbin/nologin tambour
    run mkdir -p "$home/releases" "$units" "$root/usr/local/bin"
    for folder in "$data" "$copies"; do
        run install -d -m 0700 "$folder"
        on_host chown tambour:tambour "$folder"
    done
    # Brought from another machine before this one is set up.
    [ ! -f "$data/settings.env" ] || on_host chown tambour:tambour "$data/settings.env"
}

# One at a time: each takes away what the other has begun. Whatever still runs of one that was killed holds it too.
alone() {
    if [ "$dry" ]; then return; fi
    exec 9>"$home/.lock"
    flock -n 9 || fail "une autre installation est en cours : attendez qu'elle finisse, puis relancez."
}

# However it ends: a release that nothing leads to would pass for one to go back to.
# shellcheck disable=SC2317 # called by the trap
tidy() {
    [ -z "$copy" ] || rm -rf "$copy"
    [ "$dry" ] || [ "$(readlink "$home/current" 2>/dev/null)" = "$release" ] || rm -rf "$release" "$home/next"
}

# What one had begun that could not tidy: killed outright, or the power was cut.
take_away_begun() {
    begun=$(readlink "$home/next" 2>/dev/null || true)
    if [ "$begun" ] && [ "$begun" != "$(readlink "$home/current" 2>/dev/null)" ]; then run rm -rf "$begun"; fi
}

# The build leaves folders beside what it builds: it works on a copy.
build() {
    say "Le programme se pose dans $release, d'une à plusieurs minutes."
    take_away_begun
    trap tidy EXIT
    trap 'exit 1' HUP INT TERM
    run ln -sfn "$release" "$home/next"
    copy=$(mktemp -d)
    for part in app jobs templates migrations deploy \
        setup.py pyproject.toml wsgi.py Procfile README.md LICENSE MANIFEST.in; do
        cp -R "$source/$part" "$copy/"
    done
    run python3 -m venv "$release"
    run "$release/bin/pip" install -q --disable-pip-version-check --require-hashes -r "$source/requirements.txt"
    run "$release/bin/pip" install -q --disable-pip-version-check --no-deps --no-build-isolation "$copy"
}

# A command for the operator: as the service's account, over its data.
command_line() {
    if [ "$dry" ]; then say "écrire $root/usr/local/bin/tambour"; return; fi
    cat >"$root/usr/local/bin/tambour" <<'WRAPPER'
#!/bin/sh
# La commande « tambour », sous le compte du service et sur ses données.
set -- env TAMBOUR_DATA_DIR=/var/lib/tambour /opt/tambour/current/bin/tambour "$@"
if [ "$(id -un)" = tambour ]; then exec "$@"; fi
if [ "$(id -u)" != 0 ]; then echo "tambour : cette commande se lance par « sudo tambour … »." >&2; exit 2; fi
exec /usr/sbin/runuser -u tambour -- "$@"
WRAPPER
    chmod 0755 "$root/usr/local/bin/tambour"
}

place_units() {
    run install -m 0644 "$source"/deploy/systemd/tambour-* "$units"
    on_host systemctl daemon-reload
}

# One rename: whoever starts meanwhile finds the one or the other.
switch() {
    run mv -T "$home/next" "$home/current"
}

# The oldest go, each some 300 MB.
forget() {
    set -- "$home"/releases/*
    while [ $# -gt "$kept" ]; do
        [ "$(readlink "$home/current")" = "$1" ] || run rm -rf "$1"
        shift
    done
}

# Only what is set up is led to: without it, the next call begins here again, and keeps the settings already given.
first_time() {
    as_tambour "$release/bin/tambour" setup "$@"
    switch
    # shellcheck disable=SC2086 # empty without the simulator
    on_host systemctl enable --now tambour-web.service tambour-jobs.service tambour-backup.timer $simulator
    say "Installé. Reste à poser un mandataire https (docs/proxy), puis « tambour doctor » dit ce qui manque."
}

upgrade() {
    as_tambour "$home/current/bin/tambour" backup "$copies/avant-$(basename "$release").tambour"
    check=$(as_tambour "$release/bin/tambour" migrate --check 2>&1 || true)
    case $check in
        *"Arrêtez d'abord"*) on_host systemctl stop tambour-web.service tambour-jobs.service ;;
    esac
    as_tambour "$release/bin/tambour" migrate
    switch
    on_host systemctl restart tambour-jobs.service
    on_host systemctl restart tambour-web.service
    on_host systemctl try-restart tambour-simulator.service
    forget
    say "Mis à jour. Les versions d'avant sont dans $home/releases, la sauvegarde d'avant dans $copies."
}

main() {
    prepare
    alone
    build
    command_line
    place_units
    if [ -f "$data/settings.env" ] && [ -e "$home/current" ]; then upgrade; else first_time "$@"; fi
}

# One line, read before anything is done: the shell reads as it goes, and this file may be renewed meanwhile.
main "$@"; exit $?
