using Microsoft.CodeAnalysis;

namespace KernelSockets.NucleusCheck.Tests;

/// <summary>For each rule: code that breaks it is reported, once at least, at the line marked with a comment.</summary>
public sealed class RuleTests
{
    private const string Mark = "// here";

    [Theory]
    [InlineData("NUC001", "static void F() { _ = new object(); // here\n }")]
    [InlineData("NUC001", "static int F(int n) {\n int[] a = new int[n]; // here\n return a[0]; }")]
    [InlineData("NUC002", "static void F(int n) { object o = n; // here\n G(o); }\n static void G(object o) { }")]
    [InlineData("NUC002", "static bool F(object o) => o is string; // here\n")]
    [InlineData("NUC003", "static void F() {\n throw null; // here\n }")]
    [InlineData("NUC003", "static int F(int a) {\n try { return 1 / a; } // here\n catch { return 0; } }")]
    [InlineData("NUC003", "static int s; static void F(int a) {\n try { s = a; } // here\n finally { s = 0; } }")]
    [InlineData("NUC004", "static void F() { G(\"text\"); // here\n }\n static void G(ReadOnlySpan<char> s) { }")]
    [InlineData("NUC005", "static int F(object o) => o.GetHashCode(); // here\n")]
    [InlineData("NUC005", "static void F(IDisposable d) {\n d.Dispose(); // here\n }")]
    [InlineData("NUC005", "static int F<T>(T x) where T : unmanaged, IComparable<T> => x.CompareTo(x); // here\n")]
    [InlineData("NUC005", "struct S { public int A; }\n static int F(S x) => x.GetHashCode(); // here\n")]
    [InlineData("NUC006", "static void F(string s) { } // here\n")]
    [InlineData("NUC006", "static string F() => default; // here\n")]
    [InlineData("NUC006", "struct S { public string A; }\n static void F() { S s; s.A = null; G(ref s); } // here\n static void G(ref S s) { }")]
    [InlineData("NUC006", "static object s_o;\n static bool F() => s_o == null; // here\n")]
    [InlineData("NUC007", "static int s_x = Environment.ProcessId; // here\n static int F() => s_x;")]
    [InlineData("NUC007", "static int s_x = 5; // here\n static int F() => s_x;")]
    [InlineData("NUC008", "static void F<T>() { } // here\n")]
    [InlineData("NUC008", "static int F() => Unsafe.SizeOf<string>(); // here\n")]
    [InlineData("NUC008", "static int F(ReadOnlySpan<string> s) => s.Length; // here\n")]
    [InlineData("NUC009", "static int F() => Environment.ProcessId; // here\n")]
    [InlineData("NUC009", "static void F(Span<byte> a, Span<byte> b) => a.CopyTo(b); // here\n")]
    [InlineData("NUC009", "static void F(Span<byte> a) => a.Clear(); // here\n")]
    [InlineData("NUC009", "static IntPtr F() => NativeLibrary.GetMainProgramHandle(); // here\n")]
    [InlineData("NUC010", "[DllImport(\"*\")] static extern int native(int a);\n static int F() => native(1); // here\n")]
    [InlineData("NUC010", "[DllImport(\"libc\"), SuppressGCTransition] static extern int native(int a);\n static int F() => native(1); // here\n")]
    [InlineData("NUC010", "[DllImport(\"*\"), SuppressGCTransition] static extern int native(ref int a);\n static int F() { int a = 0; return native(ref a); // here\n }")]
    [InlineData("NUC010", "[DllImport(\"*\"), SuppressGCTransition] static extern bool native();\n static bool F() => native(); // here\n")]
    [InlineData("NUC010", "[DllImport(\"*\", SetLastError = true), SuppressGCTransition] static extern int native();\n static int F() => native(); // here\n")]
    [InlineData("NUC010", "static int F(delegate* unmanaged<int> f) => f(); // here\n")]
    [InlineData("NUC010", "[MethodImpl(MethodImplOptions.InternalCall)] static extern int native();\n static int F() => native(); // here\n")]
    [InlineData("NUC011", "static int F(int a) => checked(a + 1); // here\n")]
    [InlineData("NUC011", "static byte F(int a) => checked((byte)a); // here\n")]
    [InlineData("NUC012", "static int F(int[] a) => a[1]; // here\n")]
    [InlineData("NUC012", "static int F(int[] a) => a.Length; // here\n")]
    [InlineData("NUC013", "static bool F() => typeof(int).IsClass; // here\n")]
    [InlineData("NUC014", "[UnmanagedCallersOnly] static int F() => 1; // here\n")]
    [InlineData("NUC014", "[UnmanagedCallersOnly] static int G() => 1; // here\n static delegate* unmanaged<int> F() => &G;")]
    [InlineData("NUC018", "static void F(byte* a, byte* b) => Unsafe.CopyBlock(a, b, 5000); // here\n", "NUC009")]
    [InlineData("NUC017", "[ThreadStatic] static int s_x; // any\n static int F() => s_x; // here\n")]
    [InlineData("NUC001", "static Func<int> F() => () => 1; // here\n")]
    [InlineData("NUC001", "static Action F(int n) => () => n.ToString(); // any\n")]
    [InlineData("NUC003", "enum E { A, B }\n static int F(E e) => e switch { E.A => 1, E.B => 2 }; // here\n")]
    public void Code_ThatBreaksARule_IsReportedAtItsLine(string rule, string members, string? instead = null)
    {
        foreach (OptimizationLevel level in new[] { OptimizationLevel.Release, OptimizationLevel.Debug })
        {
            IReadOnlyList<Violation> violations = SampleCompiler.CheckMembers(members, level);
            string found = string.Join('\n', violations.Select(violation => Report.Format(violation, sourceRoot: null)));
            Violation? match = violations.FirstOrDefault(violation => violation.Rule.Id == (instead ?? rule) && IsAtMark(members, violation));
            Assert.True(match is not null, $"{level}: expected {rule}, found:\n{found}");
        }
    }

    [Theory]
    [InlineData("static async void F() => await System.Threading.Tasks.Task.Yield();")]
    [InlineData("static IEnumerable<int> F() { yield return 1; }")]
    public void StateMachine_IsReported(string member)
    {
        IReadOnlyList<Violation> violations = SampleCompiler.CheckSource($"namespace Sample.Raw; static class C {{ {member} }}");
        Assert.Contains(violations, violation => violation.Rule == Rule.StateMachine);
    }

    [Fact]
    public void InstantiableClassInRawNamespace_IsReported() =>
        Assert.Contains(SampleCompiler.CheckSource("namespace Sample.Raw; internal class Thing { }"), violation => violation.Rule == Rule.InstantiableType);

    [Fact]
    public void NestedNamespace_IsRawToo() =>
        Assert.Contains(
            SampleCompiler.CheckSource("namespace Sample.Raw.Inner; static class C { static object F() => new(); }"),
            violation => violation.Rule == Rule.Allocation);

    [Fact]
    public void NamespaceWithTheSameBeginning_IsNotRaw() =>
        Assert.Empty(SampleCompiler.CheckSource("namespace Sample.Rawish; class C { object F() => new(); }"));

    [Fact]
    public void ExportedMethodElsewhere_IsRawWithAllItCalls()
    {
        IReadOnlyList<Violation> violations = SampleCompiler.CheckSource("""
            namespace Sample.Other;
            static class Entry
            {
                [RuntimeExport("entry")] static int Enter(int a) => Helper.First(a);
                static object Managed() => new();
            }
            static class Helper
            {
                public static int First(int a) => Second(a);
                private static int Second(int a) { _ = new object(); return a; }
            }
            """);
        Violation violation = Assert.Single(violations);
        Assert.Equal(Rule.Allocation, violation.Rule);
        Assert.Equal(10, violation.Location.Line);
        Assert.EndsWith(SampleCompiler.FileName, violation.Location.File, StringComparison.Ordinal);
    }

    [Fact]
    public void CalleeInAnotherAssemblyOfTheProject_IsChecked()
    {
        IReadOnlyList<Violation> violations = SampleCompiler.InFolder(folder =>
        {
            string library = SampleCompiler.Compile(
                folder, "KernelSockets.Library", "namespace Lib; public static class L {\n public static object Make() => new(); }", isUnsafe: false);
            string kernel = SampleCompiler.Compile(
                folder, "KernelSockets.Sample", "namespace Sample.Raw; static class C { static void F() => Lib.L.Make(); }", references: library);
            return NucleusAnalysis.Check(kernel, new Options(SampleCompiler.RawNamespace, [], [])).Violations;
        });
        Assert.Contains(violations, violation => violation.Rule == Rule.Allocation && violation.Location.Line == 2);
        Assert.DoesNotContain(violations, violation => violation.Rule == Rule.UnsafeAssembly);
    }

    [Fact]
    public void ReferenceElsewhere_IsFoundByItsPath()
    {
        IReadOnlyList<Violation> violations = SampleCompiler.InFolder(folder =>
        {
            string elsewhere = Directory.CreateDirectory(Path.Combine(folder, "elsewhere")).FullName;
            string library = SampleCompiler.Compile(
                elsewhere, "KernelSockets.Library", "namespace Lib; public static class L {\n public static object Make() => new(); }");
            string kernel = SampleCompiler.Compile(
                folder, "KernelSockets.Sample", "namespace Sample.Raw; static class C { static void F() => Lib.L.Make(); }", references: library);
            return NucleusAnalysis.Check(kernel, new Options(SampleCompiler.RawNamespace, [], [library])).Violations;
        });
        Assert.Contains(violations, violation => violation.Rule == Rule.Allocation && violation.Location.Line == 2);
        Assert.Contains(violations, violation => violation.Rule == Rule.UnsafeAssembly);
    }

    [Fact]
    public void UnsafeOutsideTheKernel_IsReported()
    {
        IReadOnlyList<Violation> violations = SampleCompiler.InFolder(folder =>
        {
            string library = SampleCompiler.Compile(folder, "KernelSockets.Library", "namespace Lib; public static class L { public const int A = 1; public static int F() => 1; }");
            string kernel = SampleCompiler.Compile(
                folder, "KernelSockets.Sample", "namespace Sample.Raw; static class C { static int F() => Lib.L.F(); }", references: library);
            return NucleusAnalysis.Check(kernel, new Options(SampleCompiler.RawNamespace, [], [])).Violations;
        });
        Assert.Equal(Rule.UnsafeAssembly, Assert.Single(violations).Rule);
    }

    private static bool IsAtMark(string members, Violation violation)
    {
        if (!members.Contains(Mark, StringComparison.Ordinal))
        {
            return true;
        }

        // Two lines stand above the members in the sample.
        int line = 3 + members[..members.IndexOf(Mark, StringComparison.Ordinal)].Count(c => c == '\n');
        return violation.Location.Line == line;
    }
}
