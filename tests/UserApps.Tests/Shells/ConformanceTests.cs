namespace KernelSockets.UserApps.Tests.Shells;

/// <summary>Scripts beside dash: output, status, files, and whether something was complained of have to be alike.</summary>
public sealed class ConformanceTests : IDisposable
{
    private readonly ShellPair _shells = new();

    public static TheoryData<string> Pipelines =>
    [
        "echo a | cat", "echo a b c | cat | cat | upper", "true | false", "false | true", "! true", "! false", "! false | false", "fail 3 | fail 4", "echo a | lines | cat",
        "endless | first", "endless | first > f", "endless | cat | first; echo $?", "while :; do echo y; done | first", "(while :; do echo y; done; echo no >&2) | first", "while set; do :; done | first > f; : > f", "(endless; echo x) | first", "echo hi | (cat; echo $?)", "{ echo a; echo b; } | lines",
        "echo x | { read v; echo \"got $v\"; }", "echo x | read v; echo \"[$v]\"", "x=1; x=2 | true; echo $x", "for i in 1 2 3; do echo $i; done | upper | lines",
        "if true; then echo a; fi | cat", "while read l; do echo \"<$l>\"; done < two", "cat < two | while read a; do echo $a; done", "echo a |\n cat", "nosuch | cat", "nosuch 2>/dev/null | lines",
        "echo a | nosuch; echo $?", "echo a | fail 7; echo $?", "cd d | cat; echo $PWD", "exit 3 | exit 4; echo $?", "(exit 5); echo $?", "(echo a; exit 3; echo b) | cat", "f() { cat; }; echo q | f | f",
        "true | true | true | fail 9", "warn e 2>&1 | upper", "warn e | upper", "{ warn x; echo y; } 2>&1 | lines", "{ warn x; echo y; } 2>/dev/null | lines", "echo a | cat > f; cat < f",
    ];

    public static TheoryData<string> Redirections =>
    [
        "echo a > f", "echo a > f; echo b >> f; cat < f", "echo a >f 2>&1", "warn e 2> f; cat < f", "warn e > f 2>&1; cat < f", "{ warn e 2>&1 > f; } 2>g | cat", "cat < missing || echo no", "echo x > d || echo no",
        "echo x > nodir/f || echo no", "cat < one > f", "cat <one <two", "> f", "> f; > g; < one", "echo a > f > g", "echo a 1> f", "echo a 2> f", "echo a >&2", "echo a 3> f >&3; cat < f",
        "{ echo a; echo b >&2; } > f 2> g", "(echo a; echo b) > f", "if true; then echo a; fi > f", "for i in 1 2; do echo $i; done > f", "while read x; do echo \"$x\" >> f; done < two", "case a in a) echo b;; esac > f",
        "exec > f; echo a; echo b", "exec 3> f; echo a >&3; exec 3>&-; cat < f", "echo a >&3 || echo no", "exec 3<two; read x <&3; read y <&3; echo $x$y", "cat <&- 2>/dev/null; echo done", "echo a > 'a file'", "f=name; echo a > $f",
        "echo a > \"$HOME.x\" || echo no", "f() { echo in; warn err; } 2> g; f > f", "cat <<E\na\nb\nE", "cat <<E; echo z\na $((1+1)) $(echo s) `echo t` \\$x\nE", "cat <<'E'\n$x `y` \\\nE", "cat <<-E\n\ta\n\t\tb\n\tE",
        "cat <<A; cat <<B\n1\nA\n2\nB", "x=v; cat <<E | upper\n$x \"q\" 'r'\nE", "while read l; do echo \"[$l]\"; done <<E\na  b\n c \nE", "cat <<E\nE", "echo a >| f", "echo a 1>&2 2>&1", "read x < one; echo $x", "read x < missing || echo no",
        "echo new > one; cat < one", "cat < f > f || echo no", "echo q > f; cat < f > f; cat < f", "echo 2 >> one; lines < one", "cd d > f; echo $PWD", "cd nowhere 2> f || echo no; : > f", ": > f; echo $?", "> missing/x || echo no",
        "x=1 > f; echo $x", "nosuch > f 2>&1; lines < f; : > f", "{ echo a; } < missing || echo no", "echo 2>f a", "echo a2>f", "echo 2 >f", "echo \"2\">f", "echo a >&1 | cat", "exec 4>&1; echo a | (cat >&4) | cat",
    ];

    public static TheoryData<string> Expansions =>
    [
        "x=1; args $x", "x='a  b'; args $x \"$x\"", "x=; args $x \"$x\" a$x", "args ''", "args \"\" ''\"\"", "args a\"b c\"d", "args ${x-d} ${x:-d} ${x=d} $x", "x=; args ${x-d} ${x:-d}", "x=v; args ${x+y} ${x:+y} ${z+y}",
        "args ${x:=a b}; args \"$x\"", "args ${x:-a b} \"${x:-a b}\" ${x:-\"a b\"}", "x=abc; args ${#x} ${x%c} ${x#a}", "x=a.b.c; args ${x%.*} ${x%%.*} ${x#*.} ${x##*.}", "x=/a/b; args ${x##*/} \"${x%/*}\"", "x='*'; args ${x%\\*} ${x%*}",
        "args ${x:?gone}; echo after", "(args ${x?}); echo $?", "args \"${x:-\"q r\"}\"", "args $((1+2*3)) $(( (1+2)*3 )) $((7/2)) $((7%3)) $((-7/2))", "x=5; args $((x+1)) $(($x*2)) $((x+=2)) $x", "args $((1<2)) $((2==2)) $((1&&0)) $((1||0)) $((!1)) $((~0))",
        "args $((0x1f)) $((010)) $((1?2:3)) $((5>>1)) $((1<<4)) $((6&3)) $((6|3)) $((6^3))", "args $((1/0)); echo after", "args $((y)) $((y=3)) $y", "args $(echo a b) \"$(echo a b)\"", "args `echo a b` \"`echo 'a b'`\"", "args $(echo $(echo $(echo deep)))",
        "args \"$(echo a; echo; echo)\" \"$(echo; echo a)\"", "x=$(fail 3); echo $?", "x=$(echo a; exit 4) y=2; echo $? $x$y", "args a$(echo b)c \"a$(echo 'b  c')d\"", "args `echo \\`echo in\\``", "args $(cat < two)", "args $(cat <<E\nh d\nE\n)", "args \"$(echo \"q\")\"",
        "args $0 $# $1 $2 $3", "args \"$@\"", "args $@", "args \"$*\"", "args $*", "IFS=-; args \"$*\" $*", "IFS=; args \"$*\" $*", "args x\"$@\"y", "set --; args \"$@\"", "set --; args x\"$@\"", "set -- a 'b c'; args \"$@\" $# ${#}", "set -- a b c; shift; args $@; shift 2; args $#",
        "set -- 1 2 3 4 5 6 7 8 9 10 11; args $10 ${10} ${11}", "shift 9; echo $?", "IFS=:; x=a:b::c:; args $x", "IFS=': '; x=' a : b  c:: d '; args $x", "IFS=,; x=,a; args $x", "IFS=,; x=a,; args $x\"\"", "x=' a '; args b$x\"c\"", "x='a b'; y=$x; args \"$y\"",
        "args *", "args *.c", "args '*'.c \"*\" \\*", "args d/*", "args */*", "args .h*", "args [ot]*", "args [!ot]*", "args [a-o]ne", "args nomatch*", "args ?wo tw?", "args d/*/", "args */*/*", "x='*.c'; args $x \"$x\"", "args \"a \"*", "args \\[x]", "args [[]x]", "args d/four.[a-d]",
        "set -f; args *", "for f in *.c d/*.c; do args $f; done", "args ~ ~/x \"~\" a~ ~/*", "x=~; args $x", "x=a:~; args $x", "args \\a \\\\ 'a\\b' \"a\\b\" \"\\$x\"", "args a\\\nb", "args \"a\\\nb\"", "args 'a\nb'", "args $ \"$\" a$ $.", "x=a; args $x.b ${x}b \"$x\"b", "args \"${x}\" ${x}",
        "unset x; args \"${x}\"", "x=1; unset x; args ${x-u}", "set -u; args $nope; echo after", "set -u; args ${nope-d} $#", "args $-", "x=a y=b; args $x$y", "x=1 args $x", "x=1; export x; env y=2 getenv x; env y=2 getenv y; env -u x getenv x; env -i z=3 w='a b'; x=5 env y=2 sh -c 'echo $x$y'", "env nosuch; echo $?", "x=1 getenv x", "x=1; getenv x; export x; getenv x; x=2; getenv x", "export a=1 b=2; getenv a; getenv b",
        "x=out; x=in getenv x; args $x", "x=1; (x=2; args $x); args $x", "readonly r=1; args $r; (r=2) 2>/dev/null; echo $?", "x=a; x=${x}b; args $x", "args ${#nope} ${#1}", "x='a\tb\nc'; args $x \"$x\"", "args \"$(cat < missing)\"; echo $?",
        "args $(exit 3); echo $?", "x='\\*'; args $x \"$x\"", "args '' \"$nope\" $nope", "x=abcabc; args ${x#*b} ${x##*b} ${x%b*} ${x%%b*}", "x=a; y=x; eval args \\$$y", "args {a,b}", "args a=b", "args #c", "args a#c", "args ${x:-#}", "echo ${x-'}'} '}'", "x=']'; args [$x]",
    ];

    public static TheoryData<string> Flow =>
    [
        "if true; then echo a; else echo b; fi", "if false; then echo a; elif true; then echo c; else echo b; fi", "if false; then echo a; fi; echo $?", "if fail 3; then :; else echo $?; fi", "while false; do echo x; done; echo $?", "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done",
        "i=0; until [ $i -eq 2 ]; do i=$((i+1)); echo $i; done", "for i in a b 'c d'; do args $i; done", "for i in; do echo x; done; echo $?", "for i; do args $i; done", "for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done", "for i in 1 2 3; do [ $i = 2 ] && break; echo $i; done; echo $?",
        "for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; done", "for i in 1 2; do for j in a b; do break 2; done; echo no; done; echo out", "while true; do break; done; echo $?", "while true; do fail 3; break; done; echo $?", "for i in 1 2; do fail $i; done; echo $?",
        "case abc in a*) echo 1;; *) echo 2;; esac", "case b in a|b) echo 1;; esac", "case x in a) echo 1;; esac; echo $?", "case '*' in \\*) echo star;; esac", "x='a*'; case abc in $x) echo p;; esac; case abc in \"$x\") echo q;; *) echo r;; esac", "case a in (a) echo p;; esac", "case '' in '') echo empty;; esac", "case [ in [) echo b;; esac",
        "case a.c in *.[ch]) echo src;; esac", "case a in a) ;; esac; echo $?", "f() { echo in $1 $#; return 3; echo no; }; f x y; echo $?", "f() { echo $1; }; f a; f b; echo $1", "f() { x=in; }; x=out; f; echo $x", "f() (x=in); x=out; f; echo $x", "f() { for i in 1 2; do return 4; done; }; f; echo $?",
        "f() { [ $1 -lt 1 ] && return; echo $1; f $(($1-1)); }; f 3", "f() { echo a; } > f; f; cat < f", "f() { return; }; false; f; echo $?", "true && echo a || echo b", "false && echo a || echo b", "false || false || echo c", "true && ! false && echo d", "exit 3; echo no", "exit; echo no", "false; exit", "(exit 2) || echo $?",
        "set -e; false; echo no", "set -e; false || echo a; echo b", "set -e; if false; then :; fi; echo a", "set -e; ! true; echo a", "set -e; f() { false; echo in; }; f; echo no", "set -e; (false; echo no); echo no", "set -e; false && true; echo a", "set -e; x=$(false); echo no", "set -e; while false; do :; done; echo a", "set -e; true | false; echo no",
        "eval 'echo a; echo b'", "eval 'x=1; echo $x'; echo $x", "eval false; echo $?", "eval; echo $?", "eval 'echo (' ; echo after", "echo 'echo in $1; x=7' > s; . ./s; echo $x", "echo 'return 3; echo no' > s; . ./s; echo $?", ". ./missing; echo after", "echo 'echo $0; echo $#' > s; sh ./s a b 2>/dev/null | lines", "sh -c 'echo $0 $1' a b", "sh -c 'exit 7'; echo $?",
        "echo 'echo from input; cat; echo more' | sh; echo $?", "x=1 sh -c 'echo $x'", "x=1; sh -c 'echo [$x]'", "x=1; export x; sh -c 'echo $x; x=2'; echo $x", "cd d; echo ${PWD##*/}; cd ..; echo ${PWD##*/}", "cd d/e; cd - > f; echo ${OLDPWD##*/}", "(cd d); echo ${PWD##*/}", "cd nowhere || echo no", "cd one || echo no", "true & wait; echo $?", "fail 5 & wait $!; echo $?", "(echo a) & wait; echo b",
        "{ fail 6 & }; wait $!; echo $?", "cat & wait; echo e", "x=1; x=2 & wait; echo $x", "read x; echo $? [$x]", "echo 'a b c' | { read x y; args \"$x\" \"$y\"; }", "echo ' a  b ' | { read x; args \"$x\"; }", "{ read -r x; read y; args \"$x\" \"$y\"; } <<'E'\na\\b\na\\b\nE", "echo a:b:c | { IFS=: read x y z; args $x $y $z; }", "echo a:b: | { IFS=: read x y; args \"$x\" \"$y\"; }", "echo a:b:c:: | { IFS=: read x y; args \"$x\" \"$y\"; }",
        "{ read x; read y; echo $y$x; } < two", "type nosuchthing > f; [ $? -gt 0 ] && echo bad", "command -v nosuchthing; [ $? -gt 0 ] && echo bad", "echo() { :; }; echo x; command echo y", "exec nosuch; echo no", "exec echo a; echo no", "(exec echo a; echo no); echo b", "exec < two; read x; read y; echo $x$y", "unset -f f; f() { echo f; }; f; unset -f f; f; echo $?", "break; echo a", ":; echo $?",
        "! :; echo $?", "# comment\necho a # b\n", "echo a; # c\necho b", "echo a \\\n b", "if true\nthen\n\necho a\nfi", "{ echo a\n}", "( echo a )\n", "for i in a b\ndo echo $i\ndone", "case a in\na)\necho x\n;;\nesac", "echo a &&\n\n echo b", "f()\n{\necho a\n}\nf", "echo if then", "if=1; echo $if", "echo }", "x=1;echo $x;", "true;false;echo $?", "a=1 b=$a; echo [$b]", "a=1; a=2 b=$a; echo $b",
        "echo a; )", "echo a\n)\necho b", "if", "echo 'open", "for", "while true; do", "&& echo", "echo a & & echo b", "case a in", "f( { :; }", "nosuchcommand; echo $?", "./missing; echo $?", "./d; echo $?", "''; echo $?", "$nope; echo $?", "$nope echo a", "x=echo; $x a", "\"echo\" a", "e'ch'o a", "shift; echo $#", "set -- -a; echo $1", "set -- ; echo $#", "set a b; echo $2", "false; echo $? $?", "true; false | true; echo $?",
    ];

    [Theory]
    [MemberData(nameof(Pipelines))]
    public void Pipeline_LikeDash(string script) => Compare(script);

    [Theory]
    [MemberData(nameof(Redirections))]
    public void Redirection_LikeDash(string script) => Compare(script);

    [Theory]
    [MemberData(nameof(Expansions))]
    public void Expansion_LikeDash(string script) => Compare(script);

    [Theory]
    [MemberData(nameof(Flow))]
    public void Flow_LikeDash(string script) => Compare(script);

    public void Dispose() => _shells.Dispose();

    private void Compare(string script)
    {
        string[] arguments = ["first", "second one", "3"];
        ShellPair.Outcome expected = _shells.RunDash(script, arguments);
        ShellPair.Outcome actual = _shells.RunOurs(script, out string errors, arguments);
        Assert.Equal(expected.Output, actual.Output);
        Assert.Equal(expected.Files, actual.Files);
        Assert.True(expected.Status == actual.Status, $"status {actual.Status} and not {expected.Status}; {errors}");
        Assert.True(expected.HasComplained == actual.HasComplained, $"complaints: {expected.HasComplained}, ours: {errors}");
    }
}
