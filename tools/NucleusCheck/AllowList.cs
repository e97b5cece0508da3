using System.Collections.Frozen;
using Mono.Cecil;

namespace KernelSockets.NucleusCheck;

/// <summary>
/// Methods of the base class library that raw code may call: each compiles to a few instructions, allocates nothing, takes no lock,
/// makes no native call and needs no initialised runtime.
/// </summary>
/// <remarks>
/// Some of them throw on bad arguments: span indexers and slices outside the range, <c>MemoryMarshal.Read</c> of a short span,
/// <c>Math.Clamp</c> with swapped bounds. They are allowed, since a bounds check is better than none: in raw code such a throw ends in
/// a panic with a stack trace. <c>Span.CopyTo</c>, <c>Clear</c> and <c>Fill</c> and <c>Unsafe.CopyBlock</c> are missing on purpose: above
/// some size they call the C library through a P/Invoke with a GC transition (SpanHelpers.ByteMemOps), which in an interrupt may wait for the collector.
/// </remarks>
internal static class AllowList
{
    private static readonly string[] s_spanMethods =
    [
        ".ctor", "get_Item", "get_Length", "get_IsEmpty", "get_Empty", "Slice", "op_Implicit", "op_Equality", "op_Inequality",
        "GetPinnableReference", "GetEnumerator",
    ];

    private static readonly string[] s_enumeratorMethods = ["MoveNext", "get_Current"];

    private static readonly string[] s_numberMethods =
    [
        "LeadingZeroCount", "TrailingZeroCount", "PopCount", "RotateLeft", "RotateRight", "Log2", "IsPow2", "Min", "Max", "Abs", "Sign",
        "Clamp", "IsNegative", "IsPositive", "IsEvenInteger", "IsOddInteger", "BigMul", "DivRem", "Equals", "CompareTo", "CreateTruncating",
        "get_Size", "get_Zero", "get_MaxValue", "get_MinValue", "op_Explicit", "op_Equality", "op_Inequality", "op_Addition",
        "op_Subtraction", "Add", "Subtract", "ToPointer", ".ctor", "get_UpperBits", "op_Implicit", "op_BitwiseOr", "op_BitwiseAnd",
        "op_LeftShift", "op_RightShift", "op_Multiply", "op_LessThan", "op_GreaterThan", "op_LessThanOrEqual", "op_GreaterThanOrEqual",
    ];

    /// <summary>Type → methods; an empty list means all of them.</summary>
    private static readonly FrozenDictionary<string, string[]> s_methods = BuildMethods();

    private static readonly FrozenSet<string> s_fields = new[]
    {
        "System.BitConverter::IsLittleEndian", "System.IntPtr::Zero", "System.UIntPtr::Zero",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>True when raw code may call the method, as far as its name tells; the caller checks the signature for references.</summary>
    public static bool AllowsCall(MethodReference method)
    {
        string type = method.DeclaringType.GetElementType().FullName;
        if (type.StartsWith("System.Runtime.Intrinsics.X86.", StringComparison.Ordinal))
        {
            return true;
        }

        return s_methods.TryGetValue(type, out string[]? names) && (names.Length == 0 || names.Contains(method.Name, StringComparer.Ordinal));
    }

    /// <summary>True for static fields of the base class library that the compiler replaces by constants.</summary>
    public static bool AllowsField(FieldReference field) => s_fields.Contains($"{field.DeclaringType.FullName}::{field.Name}");

    private static FrozenDictionary<string, string[]> BuildMethods()
    {
        Dictionary<string, string[]> methods = new(StringComparer.Ordinal)
        {
            ["System.Span`1"] = s_spanMethods,
            ["System.ReadOnlySpan`1"] = s_spanMethods,
            ["System.Span`1/Enumerator"] = s_enumeratorMethods,
            ["System.ReadOnlySpan`1/Enumerator"] = s_enumeratorMethods,
            ["System.Runtime.CompilerServices.Unsafe"] =
            [
                "Add", "AddByteOffset", "AreSame", "As", "AsPointer", "AsRef", "BitCast", "ByteOffset", "Copy", "IsAddressGreaterThan",
                "IsAddressLessThan", "IsNullRef", "NullRef", "Read", "ReadUnaligned", "SizeOf", "SkipInit", "Subtract",
                "SubtractByteOffset", "Write", "WriteUnaligned",
            ],
            ["System.Runtime.InteropServices.MemoryMarshal"] =
            [
                "CreateSpan", "CreateReadOnlySpan", "GetReference", "AsBytes", "Cast", "Read", "TryRead", "Write", "TryWrite", "AsRef",
            ],
            ["System.Runtime.CompilerServices.RuntimeHelpers"] = ["CreateSpan", "IsReferenceOrContainsReferences"],
            ["System.Threading.Volatile"] = [],
            ["System.Threading.Interlocked"] = [],
            ["System.Numerics.BitOperations"] = [],
            ["System.Buffers.Binary.BinaryPrimitives"] = [],
            ["System.BitConverter"] =
            [
                "DoubleToInt64Bits", "Int64BitsToDouble", "SingleToInt32Bits", "Int32BitsToSingle", "DoubleToUInt64Bits", "UInt64BitsToDouble",
            ],
            ["System.Math"] = ["Min", "Max", "Abs", "Sign", "Clamp", "BigMul", "DivRem"],
        };
        string[] numbers = ["Byte", "SByte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "IntPtr", "UIntPtr", "Int128", "UInt128", "Boolean"];
        foreach (string number in numbers)
        {
            methods[$"System.{number}"] = s_numberMethods;
        }

        return methods.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
