using System.Buffers.Binary;
using System.Text;
using KernelSockets.Kernel.Nucleus;
using KernelSockets.Vfs.Proc;

namespace KernelSockets.Kernel.Proc;

/// <summary>Asks the processor what it is (Intel SDM volume 2A, CPUID).</summary>
internal static unsafe class CpuReader
{
    private const uint ExtendedBase = 0x8000_0000;
    private const uint FeatureLeaf = 1;
    private const uint FirstNameLeaf = 0x8000_0002;
    private const int NameLeaves = 3;
    private const int LeafBytes = 16;

    /// <summary>Reads vendor, name and features.</summary>
    public static ProcessorInformation Read()
    {
        CpuIdResult features = Ask(FeatureLeaf);
        CpuIdResult extended = HighestExtended >= ExtendedBase + 1 ? Ask(ExtendedBase + 1) : default;
        return new ProcessorInformation(
            ReadVendor(), ReadName(), features.Eax, features.Edx | ((ulong)features.Ecx << 32), extended.Edx | ((ulong)extended.Ecx << 32), (long)Tsc.Frequency);
    }

    private static uint HighestExtended => Ask(ExtendedBase).Eax;

    private static string ReadVendor()
    {
        CpuIdResult result = Ask(0);
        Span<byte> text = stackalloc byte[LeafBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(text, result.Ebx);
        BinaryPrimitives.WriteUInt32LittleEndian(text[4..], result.Edx);
        BinaryPrimitives.WriteUInt32LittleEndian(text[8..], result.Ecx);
        return Encoding.ASCII.GetString(text[..12]);
    }

    private static string ReadName()
    {
        if (HighestExtended < FirstNameLeaf + NameLeaves - 1)
        {
            return "unknown";
        }

        Span<byte> text = stackalloc byte[NameLeaves * LeafBytes];
        for (int i = 0; i < NameLeaves; i++)
        {
            CpuIdResult result = Ask(FirstNameLeaf + (uint)i);
            BinaryPrimitives.WriteUInt32LittleEndian(text[(i * LeafBytes)..], result.Eax);
            BinaryPrimitives.WriteUInt32LittleEndian(text[((i * LeafBytes) + 4)..], result.Ebx);
            BinaryPrimitives.WriteUInt32LittleEndian(text[((i * LeafBytes) + 8)..], result.Ecx);
            BinaryPrimitives.WriteUInt32LittleEndian(text[((i * LeafBytes) + 12)..], result.Edx);
        }

        return Encoding.ASCII.GetString(text).TrimEnd('\0').Trim();
    }

    private static CpuIdResult Ask(uint leaf)
    {
        CpuIdResult result;

        // SAFETY: the result is on this stack, and the instruction writes nothing else.
        Cpu.Id(leaf, 0, &result);
        return result;
    }
}
