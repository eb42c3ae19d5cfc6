"""Turns the engine's own code for building walls, and for starting processes, against them."""

honest = ("to_gigabytes",)


def widen():
    from autograder.sandbox import landlock, linux

    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    landlock.restrict([])


def a_filter_of_its_own():
    from autograder.sandbox import seccomp

    seccomp.ALLOWED.extend(seccomp.table())
    seccomp.compiled.cache_clear()
    seccomp.install(1)


def a_new_zygote():
    from autograder.sandbox import Zygote

    Zygote.start("none", preload=False)


attempt("another Landlock", widen)
attempt("another filter", a_filter_of_its_own)
attempt("a zygote of its own", a_new_zygote)
