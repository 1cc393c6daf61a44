import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'

/**
 * A small shell process that outlives the local stack by a moment: it holds the list of running process groups and, when
 * its input ends without a word (the stack was killed outright), ends them all: TERM, five seconds, KILL.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
groups=" "
while read -r verb group; do
  case $verb in
    add) groups="$groups$group " ;;
    drop) groups="\${groups%% $group *} \${groups#* $group }" ;;
    bye) exit 0 ;;
  esac
done
for group in $groups; do kill -TERM "-$group" 2>/dev/null; done
tries=0
while [ $tries -lt 50 ]; do
  alive=
  for group in $groups; do kill -0 "-$group" 2>/dev/null && alive=1; done
  [ -z "$alive" ] && break
  sleep 0.1
  tries=$((tries + 1))
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
rm -rf "$1"
`

export class Warden {
  readonly #child: ChildProcess

  /** `runDir` is removed as well when the stack was killed. */
  constructor(runDir: string) {
    this.#child = spawn('/bin/sh', ['-c', SCRIPT, 'picket-warden', runDir], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    })
    this.#child.stdin?.on('error', () => undefined)
    this.#child.on('error', () => undefined)
    this.#child.unref()
  }

  add(group: number): void {
    this.#child.stdin?.write(`add ${group}\n`)
  }

  drop(group: number): void {
    this.#child.stdin?.write(`drop ${group}\n`)
  }

  /** Ends the warden with nothing left to guard. */
  dismiss(): void {
    this.#child.stdin?.end('bye\n')
  }
}
