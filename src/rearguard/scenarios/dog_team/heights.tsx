<?xml version="1.0" encoding="UTF-8"?>
<tileset version="1.10" tiledversion="1.10.2" name="heights" tilewidth="16" tileheight="16" tilecount="81" columns="81">
 <image source="heights.png" width="1296" height="16"/>
 <tile id="0">
  <properties><property name="elevation" type="float" value="0"/></properties>
 </tile>
 <tile id="1">
  <properties><property name="elevation" type="float" value="0.25"/></properties>
 </tile>
 <tile id="2">
  <properties><property name="elevation" type="float" value="0.5"/></properties>
 </tile>
 <tile id="3">
  <properties><property name="elevation" type="float" value="0.75"/></properties>
 </tile>
 <tile id="4">
  <properties><property name="elevation" type="float" value="1"/></properties>
 </tile>
 <tile id="5">
  <properties><property name="elevation" type="float" value="1.25"/></properties>
 </tile>
 <tile id="6">
  <properties><property name="elevation" type="float" value="1.5"/></properties>
 </tile>
 <tile id="7">
  <properties><property name="elevation" type="float" value="1.75"/></properties>
 </tile>
 <tile id="8">
  <properties><property name="elevation" type="float" value="2"/></properties>
 </tile>
 <tile id="9">
  <properties><property name="elevation" type="float" value="2.25"/></properties>
 </tile>
 <tile id="10">
  <properties><property name="elevation" type="float" value="2.5"/></properties>
 </tile>
 <tile id="11">
  <properties><property name="elevation" type="float" value="2.75"/></properties>
 </tile>
 <tile id="12">
  <properties><property name="elevation" type="float" value="3"/></properties>
 </tile>
 <tile id="13">
  <properties><property name="elevation" type="float" value="3.25"/></properties>
 </tile>
 <tile id="14">
  <properties><property name="elevation" type="float" value="3.5"/></properties>
 </tile>
 <tile id="15">
  <properties><property name="elevation" type="float" value="3.75"/></properties>
 </tile>
 <tile id="16">
  <properties><property name="elevation" type="float" value="4"/></properties>
 </tile>
 <tile id="17">
  <properties><property name="elevation" type="float" value="4.25"/></properties>
 </tile>
 <tile id="18">
  <properties><property name="elevation" type="float" value="4.5"/></properties>
 </tile>
 <tile id="19">
  <properties><property name="elevation" type="float" value="4.75"/></properties>
 </tile>
 <tile id="20">
  <properties><property name="elevation" type="float" value="5"/></properties>
 </tile>
 <tile id="21">
  <properties><property name="elevation" type="float" value="5.25"/></properties>
 </tile>
 <tile id="22">
  <properties><property name="elevation" type="float" value="5.5"/></properties>
 </tile>
 <tile id="23">
  <properties><property name="elevation" type="float" value="5.75"/></properties>
 </tile>
 <tile id="24">
  <properties><property name="elevation" type="float" value="6"/></properties>
 </tile>
 <tile id="25">
  <properties><property name="elevation" type="float" value="6.25"/></properties>
 </tile>
 <tile id="26">
  <properties><property name="elevation" type="float" value="6.5"/></properties>
 </tile>
 <tile id="27">
  <properties><property name="elevation" type="float" value="6.75"/></properties>
 </tile>
 <tile id="28">
  <properties><property name="elevation" type="float" value="7"/></properties>
 </tile>
 <tile id="29">
  <properties><property name="elevation" type="float" value="7.25"/></properties>
 </tile>
 <tile id="30">
  <properties><property name="elevation" type="float" value="7.5"/></properties>
 </tile>
 <tile id="31">
  <properties><property name="elevation" type="float" value="7.75"/></properties>
 </tile>
 <tile id="32">
  <properties><property name="elevation" type="float" value="8"/></properties>
 </tile>
 <tile id="33">
  <properties><property name="elevation" type="float" value="8.25"/></properties>
 </tile>
 <tile id="34">
  <properties><property name="elevation" type="float" value="8.5"/></properties>
 </tile>
 <tile id="35">
  <properties><property name="elevation" type="float" value="8.75"/></properties>
 </tile>
 <tile id="36">
  <properties><property name="elevation" type="float" value="9"/></properties>
 </tile>
 <tile id="37">
  <properties><property name="elevation" type="float" value="9.25"/></properties>
 </tile>
 <tile id="38">
  <properties><property name="elevation" type="float" value="9.5"/></properties>
 </tile>
 <tile id="39">
  <properties><property name="elevation" type="float" value="9.75"/></properties>
 </tile>
 <tile id="40">
  <properties><property name="elevation" type="float" value="10"/></properties>
 </tile>
 <tile id="41">
  <properties><property name="elevation" type="float" value="10.25"/></properties>
 </tile>
 <tile id="42">
  <properties><property name="elevation" type="float" value="10.5"/></properties>
 </tile>
 <tile id="43">
  <properties><property name="elevation" type="float" value="10.75"/></properties>
 </tile>
 <tile id="44">
  <properties><property name="elevation" type="float" value="11"/></properties>
 </tile>
 <tile id="45">
  <properties><property name="elevation" type="float" value="11.25"/></properties>
 </tile>
 <tile id="46">
  <properties><property name="elevation" type="float" value="11.5"/></properties>
 </tile>
 <tile id="47">
  <properties><property name="elevation" type="float" value="11.75"/></properties>
 </tile>
 <tile id="48">
  <properties><property name="elevation" type="float" value="12"/></properties>
 </tile>
 <tile id="49">
  <properties><property name="elevation" type="float" value="12.25"/></properties>
 </tile>
 <tile id="50">
  <properties><property name="elevation" type="float" value="12.5"/></properties>
 </tile>
 <tile id="51">
  <properties><property name="elevation" type="float" value="12.75"/></properties>
 </tile>
 <tile id="52">
  <properties><property name="elevation" type="float" value="13"/></properties>
 </tile>
 <tile id="53">
  <properties><property name="elevation" type="float" value="13.25"/></properties>
 </tile>
 <tile id="54">
  <properties><property name="elevation" type="float" value="13.5"/></properties>
 </tile>
 <tile id="55">
  <properties><property name="elevation" type="float" value="13.75"/></properties>
 </tile>
 <tile id="56">
  <properties><property name="elevation" type="float" value="14"/></properties>
 </tile>
 <tile id="57">
  <properties><property name="elevation" type="float" value="14.25"/></properties>
 </tile>
 <tile id="58">
  <properties><property name="elevation" type="float" value="14.5"/></properties>
 </tile>
 <tile id="59">
  <properties><property name="elevation" type="float" value="14.75"/></properties>
 </tile>
 <tile id="60">
  <properties><property name="elevation" type="float" value="15"/></properties>
 </tile>
 <tile id="61">
  <properties><property name="elevation" type="float" value="15.25"/></properties>
 </tile>
 <tile id="62">
  <properties><property name="elevation" type="float" value="15.5"/></properties>
 </tile>
 <tile id="63">
  <properties><property name="elevation" type="float" value="15.75"/></properties>
 </tile>
 <tile id="64">
  <properties><property name="elevation" type="float" value="16"/></properties>
 </tile>
 <tile id="65">
  <properties><property name="elevation" type="float" value="16.25"/></properties>
 </tile>
 <tile id="66">
  <properties><property name="elevation" type="float" value="16.5"/></properties>
 </tile>
 <tile id="67">
  <properties><property name="elevation" type="float" value="16.75"/></properties>
 </tile>
 <tile id="68">
  <properties><property name="elevation" type="float" value="17"/></properties>
 </tile>
 <tile id="69">
  <properties><property name="elevation" type="float" value="17.25"/></properties>
 </tile>
 <tile id="70">
  <properties><property name="elevation" type="float" value="17.5"/></properties>
 </tile>
 <tile id="71">
  <properties><property name="elevation" type="float" value="17.75"/></properties>
 </tile>
 <tile id="72">
  <properties><property name="elevation" type="float" value="18"/></properties>
 </tile>
 <tile id="73">
  <properties><property name="elevation" type="float" value="18.25"/></properties>
 </tile>
 <tile id="74">
  <properties><property name="elevation" type="float" value="18.5"/></properties>
 </tile>
 <tile id="75">
  <properties><property name="elevation" type="float" value="18.75"/></properties>
 </tile>
 <tile id="76">
  <properties><property name="elevation" type="float" value="19"/></properties>
 </tile>
 <tile id="77">
  <properties><property name="elevation" type="float" value="19.25"/></properties>
 </tile>
 <tile id="78">
  <properties><property name="elevation" type="float" value="19.5"/></properties>
 </tile>
 <tile id="79">
  <properties><property name="elevation" type="float" value="19.75"/></properties>
 </tile>
 <tile id="80">
  <properties><property name="elevation" type="float" value="20"/></properties>
 </tile>
</tileset>
