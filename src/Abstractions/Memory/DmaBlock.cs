using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KernelSockets;

/// <summary>
/// A piece of memory that a device reads and writes on its own: a slice of a pinned array together with the address
/// under which the device sees it. It never crosses a 4 KiB page, so it is physically contiguous.
/// </summary>
/// <remarks>
/// The 32- and 64-bit accessors are volatile and little-endian, for descriptors that the device changes behind our back
/// (x86 orders stores; <see cref="Volatile"/> keeps the compiler from reordering or merging them).
/// </remarks>
public sealed class DmaBlock
{
    private readonly byte[] _array;
    private readonly int _offset;

    /// <summary>Wraps a slice of a pinned array.</summary>
    /// <param name="array">An array that the garbage collector does not move.</param>
    /// <param name="offset">First byte of the block in it.</param>
    /// <param name="length">Bytes in the block.</param>
    /// <param name="busAddress">Address of the first byte as the device sees it.</param>
    public DmaBlock(byte[] array, int offset, int length, ulong busAddress)
    {
        ArgumentNullException.ThrowIfNull(array);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)offset + (uint)length, (uint)array.Length);
        _array = array;
        _offset = offset;
        Length = length;
        BusAddress = busAddress;
    }

    /// <summary>Bytes in the block.</summary>
    public int Length { get; }

    /// <summary>Address of the first byte as the device sees it (physical on a PC without an IOMMU).</summary>
    public ulong BusAddress { get; }

    /// <summary>The whole block.</summary>
    public Span<byte> Span => _array.AsSpan(_offset, Length);

    /// <summary>Reads 64 bits at <paramref name="offset"/> bytes, volatile, little-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadUInt64(int offset)
    {
        ulong value = Volatile.Read(ref Reference<ulong>(offset));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    /// <summary>Writes 64 bits at <paramref name="offset"/> bytes, volatile, little-endian.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt64(int offset, ulong value) =>
        Volatile.Write(ref Reference<ulong>(offset), BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Reads 32 bits at <paramref name="offset"/> bytes, volatile, little-endian.</summary>
    public uint ReadUInt32(int offset)
    {
        uint value = Volatile.Read(ref Reference<uint>(offset));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    /// <summary>Writes 32 bits at <paramref name="offset"/> bytes, volatile, little-endian.</summary>
    public void WriteUInt32(int offset, uint value) =>
        Volatile.Write(ref Reference<uint>(offset), BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref T Reference<T>(int offset)
        where T : struct
    {
        // One check, since each descriptor passes here several times: the constructor has found the block inside the array.
        ArgumentOutOfRangeException.ThrowIfGreaterThan((ulong)(uint)offset + (uint)Unsafe.SizeOf<T>(), (ulong)Length);
        return ref Unsafe.As<byte, T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_array), _offset + offset));
    }
}
