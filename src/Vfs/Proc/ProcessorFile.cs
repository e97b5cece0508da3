using System.Globalization;

namespace KernelSockets.Vfs.Proc;

/// <summary>Content of /proc/cpuinfo (proc(5)); the flags carry Linux's names (arch/x86/include/asm/cpufeatures.h).</summary>
internal static class ProcessorFile
{
    private const int HalfBits = 32;

    /// <summary>CPUID leaf 1, EDX bit 0 up, then ECX bit 0 up; an empty name is a bit without one.</summary>
    private static readonly IReadOnlyList<string> s_features = Names(
        "fpu vme de pse tsc msr pae mce cx8 apic . sep mtrr pge mca cmov pat pse36 pn clflush . dts acpi mmx fxsr sse sse2 ss ht tm ia64 pbe",
        "pni pclmulqdq dtes64 monitor ds_cpl vmx smx est tm2 ssse3 cid sdbg fma cx16 xtpr pdcm . pcid dca sse4_1 sse4_2 x2apic movbe popcnt tsc_deadline_timer aes xsave . avx f16c rdrand hypervisor");

    /// <summary>CPUID leaf 0x80000001, the same; EDX has only what leaf 1 lacks.</summary>
    private static readonly IReadOnlyList<string> s_extendedFeatures = Names(
        ". . . . . . . . . . . syscall . . . . . . . mp nx . mmxext . . fxsr_opt pdpe1gb rdtscp . lm 3dnowext 3dnow",
        "lahf_lm cmp_legacy svm extapic cr8_legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt . lwp fma4 tce . nodeid_msr . tbm topoext perfctr_core perfctr_nb . bpext ptsc perfctr_llc mwaitx . .");

    public static void Write(ProcText text, ProcessorInformation processor)
    {
        uint signature = processor.Signature;
        uint family = (signature >> 8) & 0xF;
        uint model = (signature >> 4) & 0xF;
        if (family is 6 or 15)
        {
            model |= (signature >> 12) & 0xF0;
        }

        if (family == 15)
        {
            family += (signature >> 20) & 0xFF;
        }

        Line(text, "processor", "0");
        Line(text, "vendor_id", processor.Vendor);
        Line(text, "cpu family", $"{family}");
        Line(text, "model", $"{model}");
        Line(text, "model name", processor.Model);
        Line(text, "stepping", $"{signature & 0xF}");
        Line(text, "cpu MHz", (processor.Frequency / 1e6).ToString("0.000", CultureInfo.InvariantCulture));
        Line(text, "physical id", "0");
        Line(text, "siblings", "1");
        Line(text, "core id", "0");
        Line(text, "cpu cores", "1");
        Line(text, "fpu", "yes");
        Line(text, "wp", "yes");
        Line(text, "flags", string.Join(' ', [.. Set(processor.Features, s_features), .. Set(processor.ExtendedFeatures, s_extendedFeatures)]));
        text.Append("\n"u8);
    }

    private static string[] Names(string low, string high) => [.. $"{low} {high}".Split(' ').Select(static name => name == "." ? string.Empty : name)];

    private static IEnumerable<string> Set(ulong bits, IReadOnlyList<string> names)
    {
        for (int bit = 0; bit < 2 * HalfBits; bit++)
        {
            if ((bits >> bit & 1) != 0 && names[bit].Length > 0)
            {
                yield return names[bit];
            }
        }
    }

    /// <summary>A name, tabs up to the third stop, and the value, as Linux has them.</summary>
    private static void Line(ProcText text, string name, string value) => text.Line($"{name}{(name.Length < 8 ? "\t\t" : "\t")}: {value}".TrimEnd());
}
