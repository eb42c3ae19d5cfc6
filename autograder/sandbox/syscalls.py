"""System call numbers of the two machines that the sandbox knows.

From the kernel's own tables (arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h).
A call that is missing for a machine does not exist there.
"""

from __future__ import annotations

import functools
import platform

_X86_64 = """
read=0 write=1 readv=19 writev=20 pread64=17 pwrite64=18 preadv=295 pwritev=296 preadv2=327 pwritev2=328 lseek=8
close=3 close_range=436 dup=32 dup2=33 dup3=292 pipe=22 pipe2=293 poll=7 ppoll=271 select=23 pselect6=270
epoll_create=213 epoll_create1=291 epoll_ctl=233 epoll_wait=232 epoll_pwait=281 epoll_pwait2=441 eventfd=284
eventfd2=290 timerfd_create=283 timerfd_settime=286 timerfd_gettime=287 open=2 openat=257 openat2=437 stat=4 fstat=5
lstat=6 newfstatat=262 statx=332 access=21 faccessat=269 faccessat2=439 readlink=89 readlinkat=267 getcwd=79
chdir=80 fchdir=81 statfs=137 fstatfs=138 getdents=78 getdents64=217 mkdir=83 mkdirat=258 rmdir=84 unlink=87
unlinkat=263 rename=82 renameat=264 renameat2=316 link=86 linkat=265 symlink=88 symlinkat=266 ftruncate=77
fallocate=285 fsync=74 fdatasync=75 flock=73 umask=95 fadvise64=221 readahead=187 sendfile=40 copy_file_range=326
mmap=9 munmap=11 mprotect=10 mremap=25 madvise=28 brk=12 msync=26 mincore=27 membarrier=324 futex=202
futex_waitv=449 set_robust_list=273 get_robust_list=274 rseq=334 set_tid_address=218 clone=56 clone3=435
sched_yield=24 sched_getaffinity=204 sched_setaffinity=203 sched_getparam=143 sched_getscheduler=145
sched_get_priority_max=146 sched_get_priority_min=147 getcpu=309 nanosleep=35 clock_nanosleep=230 clock_gettime=228
clock_getres=229 gettimeofday=96 time=201 times=100 getitimer=36 setitimer=38 alarm=37 timer_create=222
timer_settime=223 timer_gettime=224 timer_getoverrun=225 timer_delete=226 rt_sigaction=13 rt_sigprocmask=14
rt_sigreturn=15 rt_sigpending=127 rt_sigsuspend=130 rt_sigtimedwait=128 sigaltstack=131 pause=34 restart_syscall=219
kill=62 tgkill=234 getpid=39 getppid=110 gettid=186 getuid=102 geteuid=107 getgid=104 getegid=108 getresuid=118
getresgid=120 getgroups=115 getpgid=121 getpgrp=111 getsid=124 capget=125 getrlimit=97 prlimit64=302 getrusage=98
sysinfo=99 uname=63 getrandom=318 prctl=157 ioctl=16 fcntl=72 wait4=61 waitid=247 exit=60 exit_group=231
socketpair=53 sendto=44 recvfrom=45 getsockname=51 getpeername=52 getsockopt=55 shutdown=48 seccomp=317 capset=126
unshare=272 mount=165 umount2=166 pivot_root=155 landlock_create_ruleset=444 landlock_add_rule=445
landlock_restrict_self=446 mount_setattr=442 setfsuid=122
"""

_AARCH64 = """
read=63 write=64 readv=65 writev=66 pread64=67 pwrite64=68 preadv=69 pwritev=70 preadv2=286 pwritev2=287 lseek=62
close=57 close_range=436 dup=23 dup3=24 pipe2=59 ppoll=73 pselect6=72 epoll_create1=20 epoll_ctl=21 epoll_pwait=22
epoll_pwait2=441 eventfd2=19 timerfd_create=85 timerfd_settime=86 timerfd_gettime=87 openat=56 openat2=437 fstat=80
newfstatat=79 statx=291 faccessat=48 faccessat2=439 readlinkat=78 getcwd=17 chdir=49 fchdir=50 statfs=43 fstatfs=44
getdents64=61 mkdirat=34 unlinkat=35 renameat=38 renameat2=276 linkat=37 symlinkat=36 ftruncate=46 fallocate=47
fsync=82 fdatasync=83 flock=32 umask=166 fadvise64=223 readahead=213 sendfile=71 copy_file_range=285 mmap=222
munmap=215 mprotect=226 mremap=216 madvise=233 brk=214 msync=227 mincore=232 membarrier=283 futex=98 futex_waitv=449
set_robust_list=99 get_robust_list=100 rseq=293 set_tid_address=96 clone=220 clone3=435 sched_yield=124
sched_getaffinity=123 sched_setaffinity=122 sched_getparam=121 sched_getscheduler=120 sched_get_priority_max=125
sched_get_priority_min=126 getcpu=168 nanosleep=101 clock_nanosleep=115 clock_gettime=113 clock_getres=114
gettimeofday=169 times=153 getitimer=102 setitimer=103 timer_create=107 timer_settime=110 timer_gettime=108
timer_getoverrun=109 timer_delete=111 rt_sigaction=134 rt_sigprocmask=135 rt_sigreturn=139 rt_sigpending=136
rt_sigsuspend=133 rt_sigtimedwait=137 sigaltstack=132 restart_syscall=128 kill=129 tgkill=131 getpid=172 getppid=173
gettid=178 getuid=174 geteuid=175 getgid=176 getegid=177 getresuid=148 getresgid=150 getgroups=158 getpgid=155
getsid=156 capget=90 getrlimit=163 prlimit64=261 getrusage=165 sysinfo=179 uname=160 getrandom=278 prctl=167
ioctl=29 fcntl=25 wait4=260 waitid=95 exit=93 exit_group=94 socketpair=199 sendto=206 recvfrom=207 getsockname=204
getpeername=205 getsockopt=209 shutdown=210 seccomp=277 capset=91 unshare=97 mount=40 umount2=39 pivot_root=41
landlock_create_ruleset=444 landlock_add_rule=445 landlock_restrict_self=446 mount_setattr=442 setfsuid=151
"""


AUDIT_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}  # linux/audit.h, what seccomp compares with


@functools.cache
def table(machine: str = "") -> dict[str, int]:
    """Name to number for `machine` (default: this one). Raises LookupError for a machine that isn't known."""
    text = {"x86_64": _X86_64, "aarch64": _AARCH64}[machine or platform.machine()]
    return {name: int(value) for name, value in (entry.split("=") for entry in text.split())}


def number(name: str) -> int:
    """The number of a system call on this machine."""
    return table()[name]
