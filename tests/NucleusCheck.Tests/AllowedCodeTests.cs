using Microsoft.CodeAnalysis;

namespace KernelSockets.NucleusCheck.Tests;

/// <summary>Code that raw code is made of passes, in both configurations of the compiler.</summary>
public sealed class AllowedCodeTests
{
    [Theory]
    [InlineData("static ulong s_count; [RuntimeExport(\"f\")] static ulong F(ulong address, byte* frame) => ++s_count;")]
    [InlineData("static ReadOnlySpan<byte> F() => \"text\"u8;")]
    [InlineData("static ReadOnlySpan<int> Table => [1, 2, 3, 4]; static int F(int i) => Table[i];")]
    [InlineData("static byte F(ReadOnlySpan<byte> s) { byte sum = 0; foreach (byte b in s) { sum += b; } return sum; }")]
    [InlineData("static int F() { Span<byte> buffer = stackalloc byte[16]; buffer[3] = 1; return buffer.Slice(1).Length; }")]
    [InlineData("static long F(long* p) => System.Threading.Interlocked.Increment(ref *p);")]
    [InlineData("static int s_x; static int F() => System.Threading.Volatile.Read(ref s_x);")]
    [InlineData("static int F(ulong x) => System.Numerics.BitOperations.TrailingZeroCount(x) + Math.Min(1, 2);")]
    [InlineData("[DllImport(\"*\"), SuppressGCTransition] static extern void native(byte* p, ulong n); static void F() => native((byte*)0, 1);")]
    [InlineData("[RuntimeImport(\"native\"), MethodImpl(MethodImplOptions.InternalCall)] static extern ulong native(); static ulong F() => native();")]
    [InlineData("static int G(int a) => a; static int F() { delegate*<int, int> p = &G; return p(3); }")]
    [InlineData("static int F(delegate* unmanaged[SuppressGCTransition]<int> f) => f();")]
    [InlineData("static T* At<T>(ulong a) where T : unmanaged => (T*)a; static int F() => *At<int>(4096);")]
    [InlineData("[InlineArray(4)] struct Four { public uint First; } static Four s_four; static uint F(int i) { s_four[2] = 3; return s_four[i]; }")]
    [InlineData("struct S { public fixed byte Data[64]; public S* Next; } static S s_s; static byte F(int i) => s_s.Data[i];")]
    [InlineData("record struct Span2(ulong Start, ulong End) { public readonly ulong Length => End - Start; } static ulong F() => new Span2(1, 2).Length;")]
    [InlineData("enum E { A, B } static int F(E e) => e switch { E.A => 1, E.B => 2, _ => 0 };")]
    [InlineData("const string Name = \"compile time only\"; static int F(int a, int b) => a / b;")]
    [InlineData("static ref int At(int* p, int i) => ref p[i]; static void F(int* p) => At(p, 3) = 4;")]
    [InlineData("static int F(int n) { int Twice(int a) => a * n; return Twice(2); }")]
    [InlineData("static void F() { System.Runtime.Intrinsics.X86.X86Base.Pause(); }")]
    [InlineData("struct K : IEquatable<K> { public int A; public bool Equals(K o) => A == o.A; } static bool F(K a) => G(a); static bool G(K a) { K b = a; return a.Equals(b); }")]
    [InlineData("static ushort F(ReadOnlySpan<byte> s) => System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(s);")]
    public void Code_ThatKeepsTheRules_Passes(string members)
    {
        foreach (OptimizationLevel level in new[] { OptimizationLevel.Release, OptimizationLevel.Debug })
        {
            string found = string.Join('\n', SampleCompiler.CheckMembers(members, level).Select(violation => Report.Format(violation, sourceRoot: null)));
            Assert.True(found.Length == 0, $"{level}:\n{found}");
        }
    }

    [Fact]
    public void ManagedCodeOutsideTheNamespace_IsNotLookedAt() =>
        Assert.Empty(SampleCompiler.CheckSource("""
            namespace Sample.Managed;
            class C { readonly List<string> _list = ["a"]; public int F() => _list[0].Length; }
            """));

    [Fact]
    public void AttributesAndEnumsInTheNamespace_AreNoCode() =>
        Assert.Empty(SampleCompiler.CheckSource("""
            namespace Sample.Raw;
            [AttributeUsage(AttributeTargets.All)] class MarkAttribute(string name) : Attribute { public string Name => name; }
            enum E : byte { A }
            """));
}
