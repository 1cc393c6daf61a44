#!/bin/sh
# Installs, upgrades or removes the Picket sensor on this host.
#
#   curl -fsSL @@PUBLIC_URL@@/install.sh | sudo sh                        asks for the enrolment token
#   curl -fsSL @@PUBLIC_URL@@/install.sh | sudo sh -s -- --token-file F   reads it from a file
#   sudo sh install.sh --token-file - < F                                 reads it from standard input
#   sudo sh install.sh --uninstall                                        removes the sensor and all it kept
#
# Further options: --name HOSTNAME, --label KEY=VALUE and --interface NAME (both may be repeated), --archive FILE (an archive
# that is here already, instead of a download). A token never appears on a command line, where other users could see it.
set -eu
umask 022

PUBLIC_URL='@@PUBLIC_URL@@'
STREAM='@@STREAM@@'
ENROL='@@ENROL@@'
FILE_linux_x64='@@FILE_linux_x64@@'
SHA256_linux_x64='@@SHA256_linux_x64@@'
FILE_linux_arm64='@@FILE_linux_arm64@@'
SHA256_linux_arm64='@@SHA256_linux_arm64@@'

HOME_DIR=/opt/picket-sensor
STATE_DIR=/var/lib/picket-sensor
CONFIG_DIR=/etc/picket-sensor
UNIT=/etc/systemd/system/picket-sensor.service
ACCOUNT=picket-sensor
ENROL_SECONDS=60

say() { printf '%s\n' "$*"; }
fail() {
  printf 'picket-sensor: %s\n' "$*" >&2
  exit 2
}
has() { command -v "$1" >/dev/null 2>&1; }
has_systemd() { [ -d /run/systemd/system ] && has systemctl; }

parse_arguments() {
  action=install token_file='' archive='' options=''
  while [ $# -gt 0 ]; do
    case $1 in
      --uninstall) action=uninstall; shift; continue ;;
      --help) sed -n '2,10s/^# \{0,1\}//p' "$0" 2>/dev/null || say "see the head of $PUBLIC_URL/install.sh"; exit 0 ;;
    esac
    [ $# -ge 2 ] || fail "$1: unknown, or its value is missing"
    case $1 in
      --token-file) token_file=$2 ;;
      --archive) archive=$2 ;;
      --name | --label | --interface)
        case $2 in
          '' | *[!A-Za-z0-9._/=:@-]*) fail "$1 $2: only letters, digits and . _ / = : @ - are allowed" ;;
        esac
        options="$options$1
$2
" ;;
      *) fail "$1: no such option" ;;
    esac
    shift 2
  done
}

check_machine() {
  [ "$(id -u)" = 0 ] || fail 'must run as root: put sudo before sh'
  [ "$(uname -s)" = Linux ] || fail "runs on Linux only, this is $(uname -s)"
  case $(uname -m) in
    x86_64 | amd64) platform=linux-x64 file=$FILE_linux_x64 sha256=$SHA256_linux_x64 ;;
    aarch64 | arm64) platform=linux-arm64 file=$FILE_linux_arm64 sha256=$SHA256_linux_arm64 ;;
    *) fail "there is no sensor for this processor: $(uname -m)" ;;
  esac
  for tool in tar gzip sha256sum install useradd; do
    has "$tool" || fail "$tool is missing on this host: install it first"
  done
  [ -n "$file" ] || fail "the console at $PUBLIC_URL has no sensor archive for $platform: run npm run bundle where the console runs"
}

# Sets `token` to the enrolment token, or to nothing where this host is enrolled already.
read_token() {
  token=''
  if [ -z "$token_file" ] && [ -e "$STATE_DIR/identity.json" ]; then
    return
  elif [ "$token_file" = - ]; then
    IFS= read -r token || true
  elif [ -n "$token_file" ]; then
    [ -r "$token_file" ] || fail "--token-file $token_file: cannot be read"
    IFS= read -r token <"$token_file" || true
  else
    ask_token
  fi
  case $token in
    picket1_*[!A-Za-z0-9_-]*) fail 'the token is damaged: copy it again from the console' ;;
    picket1_*) [ ${#token} -eq 95 ] || fail 'the token is cut off: copy it again from the console' ;;
    *) fail 'this is no enrolment token: make one in the console under Sensors' ;;
  esac
}

ask_token() {
  (: </dev/tty) 2>/dev/null || fail 'there is no terminal to ask for the token: use --token-file FILE'
  printf 'Enrolment token (from the console, Sensors): ' >/dev/tty
  stty -echo </dev/tty 2>/dev/null || true
  IFS= read -r token </dev/tty || true
  stty echo </dev/tty 2>/dev/null || true
  printf '\n' >/dev/tty
}

fetch_archive() {
  fetched=$work/$file
  if [ -n "$archive" ]; then
    [ -r "$archive" ] || fail "--archive $archive: cannot be read"
    fetched=$archive
  elif has curl; then
    curl -fsSL --retry 3 -o "$fetched" "$PUBLIC_URL/download/$file" || fail "$PUBLIC_URL/download/$file could not be fetched"
  elif has wget; then
    wget -q -O "$fetched" "$PUBLIC_URL/download/$file" || fail "$PUBLIC_URL/download/$file could not be fetched"
  else
    fail 'curl or wget is needed to fetch the sensor'
  fi
  found=$(sha256sum <"$fetched" | cut -d' ' -f1)
  [ "$found" = "$sha256" ] || fail "the archive is not the one the console offers (SHA-256 $found, expected $sha256)"
}

make_account() {
  has nologin && shell=$(command -v nologin) || shell=/usr/sbin/nologin
  id -u "$ACCOUNT" >/dev/null 2>&1 || useradd --system --user-group --no-create-home --home-dir "$STATE_DIR" --shell "$shell" "$ACCOUNT"
  install -d -m 0700 -o "$ACCOUNT" -g "$ACCOUNT" "$STATE_DIR"
  install -d -m 0755 "$CONFIG_DIR"
}

# Unpacks beside the release that runs and switches over in one step.
unpack_release() {
  release=$HOME_DIR/releases/$(printf '%.16s' "$sha256")
  install -d -m 0755 "$HOME_DIR" "$HOME_DIR/releases"
  rm -rf "$release.partial"
  install -d -m 0755 "$release.partial"
  tar -xzf "$fetched" -C "$release.partial" --strip-components=1 --no-same-owner
  "$release.partial/bin/node" --version >/dev/null 2>&1 || fail 'the sensor does not run on this system: it needs glibc 2.28 or newer'
  rm -rf "$release"
  mv "$release.partial" "$release"
  ln -sfn "$release" "$HOME_DIR/current.new"
  mv -T "$HOME_DIR/current.new" "$HOME_DIR/current"
}

write_settings() {
  if [ -n "$options" ] || [ ! -e "$CONFIG_DIR/options" ]; then
    {
      say '# Options of the sensor, one word a line; read at every start.'
      printf '%s' "$options"
    } >"$CONFIG_DIR/options"
  fi
  cat >"$HOME_DIR/run" <<END
#!/bin/sh
# Runs the sensor in the foreground, as the user and with the capabilities that this script was started with.
set -- run --collector '$STREAM' --enrol '$ENROL' --state '$STATE_DIR' --token-file '$STATE_DIR/token'
while IFS= read -r word; do
  case \$word in '' | '#'*) ;; *) set -- "\$@" "\$word" ;; esac
done <'$CONFIG_DIR/options'
exec '$HOME_DIR/current/bin/picket-sensor' "\$@"
END
  cat >"$HOME_DIR/start" <<END
#!/bin/sh
# For systems without systemd: as root, runs the sensor in the foreground with one capability and nothing more.
exec setpriv --reuid '$ACCOUNT' --regid '$ACCOUNT' --init-groups --no-new-privs \\
  --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw --bounding-set=-all,+net_raw \\
  '$HOME_DIR/run'
END
  chmod 0755 "$HOME_DIR/run" "$HOME_DIR/start"
  if [ -n "$token" ]; then
    rm -f "$STATE_DIR/token"
    (umask 077 && printf '%s\n' "$token" >"$STATE_DIR/token")
    chown "$ACCOUNT:$ACCOUNT" "$STATE_DIR/token"
  fi
}

start_service() {
  install -m 0644 "$HOME_DIR/current/systemd/picket-sensor.service" "$UNIT"
  systemctl daemon-reload
  systemctl enable --quiet picket-sensor.service
  systemctl restart picket-sensor.service
  seconds=0
  until [ -e "$STATE_DIR/identity.json" ]; do
    if [ "$seconds" -ge "$ENROL_SECONDS" ] || ! systemctl is-active --quiet picket-sensor.service; then
      fail 'the sensor is installed but did not enrol; see: journalctl -u picket-sensor'
    fi
    sleep 1
    seconds=$((seconds + 1))
  done
  rm -f "$STATE_DIR/token"
  say 'The sensor is enrolled and runs; it starts with the system. Its log: journalctl -u picket-sensor'
}

remove_old_releases() {
  for old in "$HOME_DIR"/releases/*; do
    [ "$old" = "$release" ] || rm -rf "$old"
  done
}

install_sensor() {
  check_machine
  read_token
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  trap 'exit 1' INT TERM
  say "Fetching the sensor for $platform from $PUBLIC_URL"
  fetch_archive
  make_account
  unpack_release
  write_settings
  if has_systemd; then
    start_service
  else
    say "The sensor is installed. There is no systemd here: have your init run, as root: $HOME_DIR/start"
  fi
  remove_old_releases
}

uninstall_sensor() {
  [ "$(id -u)" = 0 ] || fail 'must run as root: put sudo before sh'
  if has_systemd && [ -e "$UNIT" ]; then
    systemctl disable --quiet --now picket-sensor.service || true
  fi
  rm -f "$UNIT"
  if has_systemd; then systemctl daemon-reload; fi
  rm -rf "$HOME_DIR" "$STATE_DIR" "$CONFIG_DIR"
  if id -u "$ACCOUNT" >/dev/null 2>&1; then userdel "$ACCOUNT"; fi
  say 'The sensor is removed from this host. Remove it in the console as well.'
}

main() {
  parse_arguments "$@"
  case $action in
    install) install_sensor ;;
    uninstall) uninstall_sensor ;;
  esac
}

# On the last line, so that a download that broke off does nothing.
main "$@"
